/** Logging in and out: the access token once, then a cookie that scripts cannot read and other sites cannot send. */
import { Type } from "typebox";
import type { Access } from "../access.ts";
import type { App } from "../app.ts";
import { SESSION_COOKIE } from "../guard.ts";
import { retryAfter, sendProblem } from "../problem.ts";
import { answers } from "../schemas.ts";

const LoginBody = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false });
const PrincipalSchema = Type.Object({ name: Type.String(), role: Type.Literal("owner") }, { $id: "Principal" });

export function sessionRoutes(app: App, access: Access, publicUrl: string): void {
  const tags = ["access"];
  const cookie = { path: "/", httpOnly: true, sameSite: "strict", secure: publicUrl.startsWith("https:") } as const;
  app.post(
    "/api/v1/login",
    {
      config: { open: true },
      schema: { summary: "Exchange the access token for a session cookie", tags, body: LoginBody, response: answers(PrincipalSchema) },
    },
    async ({ body, ip }, reply) => {
      const login = await access.login(body.token.trim(), ip);
      switch (login.kind) {
        case "granted":
          reply.setCookie(SESSION_COOKIE, login.session, { ...cookie, maxAge: Math.floor(login.lastsMs / 1_000) });
          return { ...login.principal };
        case "slowed":
          return sendProblem(retryAfter(reply, login.waitMs), 429, "too many wrong tokens from this address; wait, then try again");
        case "asked":
        case "wrong":
          return sendProblem(reply, 401, "the access token is wrong");
      }
    },
  );
  app.post(
    "/api/v1/logout",
    {
      config: { open: true },
      schema: { summary: "End the session", tags, body: Type.Object({}), response: answers(Type.Object({})) },
    },
    async ({ cookies }, reply) => {
      const session = cookies[SESSION_COOKIE];
      if (session !== undefined) await access.logout(session);
      reply.clearCookie(SESSION_COOKIE, cookie);
      return {};
    },
  );
}
