/**
 * The HTTP server: the one way in for people, commands and detectors that speak HTTP. Puts the parts together in order; makes no
 * decision about alerts. Made first, listening later, so that tests can ask it without a port.
 */
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import Fastify, { type FastifyReply } from "fastify";
import { Type } from "typebox";
import type { Central } from "../central/central.ts";
import { StartError } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import type { SiteInfo } from "../model/api.ts";
import type { Access } from "./access.ts";
import type { App } from "./app.ts";
import { type EventsOptions, createEvents } from "./events.ts";
import { guard } from "./guard.ts";
import { serveHelp } from "./help.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { serveMetrics } from "./metrics.ts";
import { describeApi } from "./openapi.ts";
import { servePages } from "./pages.ts";
import { answerWithProblems, sendProblem } from "./problem.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { codeRoutes } from "./routes/codes.ts";
import { eventRoutes } from "./routes/events.ts";
import { historyRoutes } from "./routes/history.ts";
import { printerRoutes } from "./routes/printers.ts";
import { reportRoutes } from "./routes/reports.ts";
import { sessionRoutes } from "./routes/session.ts";
import { siteEntryRoutes } from "./routes/site-entries.ts";
import { siteRoutes } from "./routes/site.ts";
import { compileValidator } from "./validate.ts";

export interface ServerDeps {
  readonly central: Central;
  readonly access: Access;
  readonly site: SiteInfo;
  readonly host: string;
  readonly port: number;
  /** The built web app; without one, pages say how to build it. */
  readonly uiDir: string | undefined;
  readonly log: Log;
  readonly clock: Clock;
  /** Demo only. */
  readonly setFault?: (printer: string, fault: string) => Promise<void>;
  readonly limits?: Partial<Limits>;
  readonly events?: EventsOptions;
}

export interface Server {
  readonly app: App;
  /** Where this machine reaches it; right after `listen`. */
  readonly url: string;
  listen(): Promise<string>;
  close(): Promise<void>;
}

export async function createServer(deps: ServerDeps): Promise<Server> {
  const { central, access, site, log, clock } = deps;
  const limits = { ...LIMITS, ...deps.limits };
  const app = createApp(limits);
  answerWithProblems(app, log);
  await app.register(cookie);
  await secureHeaders(app, site.publicUrl);
  await app.register(rateLimit, { global: true, max: limits.requestsPerMinute, timeWindow: 60_000, keyGenerator: ({ ip }) => ip });
  await describeApi(app);
  guard(app, { access, host: deps.host, publicUrl: site.publicUrl });

  const events = await createEvents({ central, clock, log }, deps.events);
  app.addHook("preClose", async () => events.close());
  printerRoutes(app, central, deps.setFault);
  alertRoutes(app, central, limits);
  codeRoutes(app, central, limits);
  siteEntryRoutes(app, central, limits);
  reportRoutes(app, central, limits, log);
  historyRoutes(app, central, clock);
  eventRoutes(app, central, events, limits);
  siteRoutes(app, central, site);
  sessionRoutes(app, access, site.publicUrl);
  serveMetrics(app, { central, clock, liveClients: () => events.clients() });
  serveHelp(app, central);
  await servePages(app, deps.uiDir);
  await app.ready();
  app.server.maxConnections = limits.connections;

  let port = deps.port;
  const urlOf = (): string => `http://${hostInUrl(deps.host)}:${port}`;
  return {
    app,
    get url() {
      return urlOf();
    },
    listen: async () => {
      await app.listen({ host: deps.host, port: deps.port }).catch((error: unknown) => fail(error, deps.host, deps.port));
      const address = app.server.address();
      if (typeof address === "object" && address !== null) port = address.port;
      return urlOf();
    },
    close: () => app.close(),
  };
}

function createApp(limits: Limits): App {
  const app: App = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: true,
    requestTimeout: 60_000,
    // a URL that cannot be read meets no route and no error handler
    frameworkErrors: (error, _request, reply) => void sendProblem(reply as FastifyReply, error.statusCode ?? 400, error.message),
    routerOptions: { maxParamLength: 256 },
  });
  // V8's own is faster than compiled serializers, and hides no field either
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setValidatorCompiler(compileValidator);
  // a route that knows no filter refuses filters too
  app.addHook("onRoute", (route) => {
    if (route.method === "GET" && route.url.startsWith("/api/")) route.schema = { querystring: Type.Object({}), ...route.schema };
  });
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, text, done) => {
    if (text === "") done(null, undefined);
    else void parseJson(request, text as string, done);
  });
  // a command without fields needs no body
  app.addHook("preValidation", async (request) => {
    if (request.method === "POST") request.body ??= {};
  });
  return app;
}

/** All scripts are ours; Mantine sets styles on elements. Plain HTTP at home must work, so nothing is forced to HTTPS there. */
async function secureHeaders(app: App, publicUrl: string): Promise<void> {
  const self = ["'self'"];
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: self,
        scriptSrc: self,
        styleSrc: [...self, "'unsafe-inline'"],
        imgSrc: [...self, "data:", "blob:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: self,
        frameAncestors: self,
      },
    },
    strictTransportSecurity: publicUrl.startsWith("https:") ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // browsers ignore these on plain HTTP and say so on every page
    crossOriginOpenerPolicy: publicUrl.startsWith("https:"),
    originAgentCluster: publicUrl.startsWith("https:"),
    referrerPolicy: { policy: "same-origin" },
  });
}

function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function fail(error: unknown, host: string, port: number): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const place = `cannot listen on ${host}:${port}`;
  const cause = { cause: error };
  if (code === "EADDRINUSE")
    throw new StartError(`${place}: the port is taken; stop the other program, or choose another port with --port`, cause);
  if (code === "EACCES") throw new StartError(`${place}: this user may not use that port; choose one above 1023 with --port`, cause);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    throw new StartError(`${place}: this machine has no such address; choose another with --host`, cause);
  throw new StartError(`${place}: ${message}; choose another place with --host and --port`, cause);
}
