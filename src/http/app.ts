/** The type of our Fastify app, and what a route may say of itself. */
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from "fastify";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { Principal } from "./access.ts";

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Asks for no token, on whatever address central listens. */
    open?: boolean | ((request: FastifyRequest) => boolean);
  }
  interface FastifyRequest {
    /** Who asks; set by the guard for every route that is not open. */
    principal: Principal | undefined;
  }
}
