/**
 * Who may ask. On loopback everyone is the owner; elsewhere a request needs the access token (bearer) or the session a login gave.
 * Hides how both are kept: as SHA-256. A slow hash protects words that people choose; the token is 256 random bits, which no
 * dictionary holds, and a fast hash cannot be used to keep the processor busy. Wrong tries of one address are slowed, never barred.
 * The one place for roles: `Principal.role`.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Clock } from "../lib/time.ts";

export interface Principal {
  readonly name: string;
  readonly role: "owner";
}

export interface Credentials {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  readonly session: string | undefined;
  readonly address: string;
}

export type Verdict =
  | { readonly kind: "granted"; readonly principal: Principal }
  /** Nothing was shown, or a session that is over. */
  | { readonly kind: "asked" }
  | { readonly kind: "wrong" }
  | { readonly kind: "slowed"; readonly waitMs: number };

export type Login =
  | { readonly kind: "granted"; readonly principal: Principal; readonly session: string; readonly lastsMs: number }
  | Exclude<Verdict, { kind: "granted" }>;

export interface Access {
  readonly required: boolean;
  /** The clear token, only when this start made it: to be printed once and forgotten. */
  readonly newToken: string | undefined;
  authorize(credentials: Credentials): Verdict;
  /** Resolves when the session is stored. */
  login(token: string, address: string): Promise<Login>;
  logout(session: string): Promise<void>;
  /** The same token as an MQTT password. */
  allowsPassword(password: string | undefined, address: string): boolean;
}

export interface AccessDeps {
  readonly settings: { get(key: string): Promise<string | undefined>; set(key: string, value: string): Promise<void> };
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly required: boolean;
  /** Makes a new token and ends all sessions, for an owner who lost the old one. */
  readonly renew?: boolean;
}

const TOKEN_KEY = "access.token";
const SESSIONS_KEY = "access.sessions";
const SESSION_LASTS_MS = 30 * 24 * 3_600_000;
const MAX_SESSIONS = 200;
/** Whoever is on this machine. */
export const LOCAL: Principal = { name: "local", role: "owner" };
const OWNER: Principal = { name: "owner", role: "owner" };

/** Whether only this machine can reach a listener on `host`. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}

const hashOf = (secret: string): string => createHash("sha256").update(secret, "utf8").digest("hex");

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

export async function createAccess(deps: AccessDeps): Promise<Access> {
  const { settings, clock } = deps;
  const random = (): string => Buffer.from(deps.randomBytes(32)).toString("base64url");
  const tries = createTries(clock);
  let tokenHash = await settings.get(TOKEN_KEY);
  let sessions = readSessions(await settings.get(SESSIONS_KEY));
  let newToken: string | undefined;
  if (deps.required && (tokenHash === undefined || deps.renew === true)) {
    newToken = random();
    tokenHash = hashOf(newToken);
    sessions = [];
    await settings.set(SESSIONS_KEY, "[]");
    await settings.set(TOKEN_KEY, tokenHash);
  }

  const saveSessions = (): Promise<void> => settings.set(SESSIONS_KEY, JSON.stringify(sessions));

  /** Looks at nothing while an address is being slowed, so that trying on is of no use; the wait is a minute at most. */
  function tryToken(token: string, address: string): Verdict {
    const waitMs = tries.waitMs(address);
    if (waitMs > 0) return { kind: "slowed", waitMs };
    if (tokenHash !== undefined && isSame(hashOf(token), tokenHash)) {
      tries.succeeded(address);
      return { kind: "granted", principal: OWNER };
    }
    tries.failed(address);
    return { kind: "wrong" };
  }

  function hasSession(session: string): boolean {
    const hash = hashOf(session);
    const now = clock.now();
    return sessions.some((known) => isSame(known.hash, hash) && known.until > now);
  }

  function authorize({ authorization, session, address }: Credentials): Verdict {
    if (!deps.required) return { kind: "granted", principal: LOCAL };
    if (session !== undefined && hasSession(session)) return { kind: "granted", principal: OWNER };
    const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    return bearer === undefined ? { kind: "asked" } : tryToken(bearer, address);
  }

  return {
    required: deps.required,
    newToken,
    authorize,
    login: async (token, address) => {
      const verdict: Verdict = deps.required ? tryToken(token, address) : { kind: "granted", principal: LOCAL };
      if (verdict.kind !== "granted") return verdict;
      const session = random();
      const now = clock.now();
      sessions = [...sessions.filter((known) => known.until > now), { hash: hashOf(session), until: now + SESSION_LASTS_MS }].slice(
        -MAX_SESSIONS,
      );
      await saveSessions();
      return { ...verdict, session, lastsMs: SESSION_LASTS_MS };
    },
    logout: async (session) => {
      const hash = hashOf(session);
      if (!sessions.some((known) => isSame(known.hash, hash))) return;
      sessions = sessions.filter((known) => !isSame(known.hash, hash));
      await saveSessions();
    },
    allowsPassword: (password, address) => !deps.required || (password !== undefined && tryToken(password, address).kind === "granted"),
  };
}

const storedSessions = Compile(Type.Array(Type.Object({ hash: Type.String(), until: Type.Number() })));

function readSessions(text: string | undefined): { hash: string; until: number }[] {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  return storedSessions.Check(value) ? value : [];
}

const FREE_TRIES = 3;
const LONGEST_WAIT_MS = 60_000;
const FORGET_AFTER_MS = 15 * 60_000;
const MAX_ADDRESSES = 10_000;

interface Tries {
  waitMs(address: string): number;
  failed(address: string): void;
  succeeded(address: string): void;
}

/** Counts wrong tries per address; after three, each doubles the wait. Memory is bounded: the address longest unseen is dropped. */
function createTries(clock: Clock): Tries {
  const addresses = new Map<string, { count: number; lastAt: number; until: number }>();
  return {
    waitMs: (address) => Math.max(0, (addresses.get(address)?.until ?? 0) - clock.now()),
    failed: (address) => {
      const now = clock.now();
      const known = addresses.get(address);
      const count = known === undefined || now - known.lastAt > FORGET_AFTER_MS ? 1 : known.count + 1;
      const wait = count < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(count - FREE_TRIES, 10));
      addresses.delete(address);
      addresses.set(address, { count, lastAt: now, until: now + wait });
      const oldest = addresses.size > MAX_ADDRESSES ? addresses.keys().next().value : undefined;
      if (oldest !== undefined) addresses.delete(oldest);
    },
    succeeded: (address) => void addresses.delete(address),
  };
}
