/**
 * The alert: central's record of one printer and code, as a pure machine. The state is a product of small regions (condition,
 * quality, acknowledgement, latch, shelf, suppression, out of service, operation cycle); the ISA-18.2 letter, the UDS status byte
 * and the gate are derived from it. No clock, no I/O: `now` comes in, effects go out. This is its door; inside, state.ts has the
 * types, lifecycle.ts the tables, moves.ts what a move does, cycle.ts the operation cycle, witnesses.ts who
 * says that it stands, derive.ts what follows from a state.
 */
export * from "./alert/state.ts";
export { initialState, transition } from "./alert/lifecycle.ts";
export { confirmable, dueAt, isActive, isHeld, isHidden, isListed, isaLetter, udsByte } from "./alert/derive.ts";
