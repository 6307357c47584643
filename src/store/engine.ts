/**
 * What the store needs of a database: run one read, make one group of writes durable. SQLite implements it today; another database is
 * one more file that implements this and passes the contract suite.
 */
import type { CompiledQuery } from "kysely";
import type { Plan } from "./statements.ts";

export interface Engine {
  /** Sees every plan whose `commit` has resolved. */
  read<Row>(query: CompiledQuery<Row>): Promise<readonly Row[]>;
  /** All or none; resolves when it is on disk. Plans are carried out in the order of the calls. */
  commit(plan: Plan): Promise<void>;
  close(): Promise<void>;
}
