/**
 * For tests: an observer that watches one alert step by step and names the first invariant that is broken. It keeps its own book of
 * the debounced condition and of what was told, and shares no code with the machine but the derived readings.
 */
import {
  type AlertDefinition,
  type AlertEvent,
  type AlertState,
  type AlertStep,
  type Effect,
  type TransitionEvent,
  isActive,
  isHeld,
  isHidden,
  isListed,
  isaLetter,
  udsByte,
} from "../alert.ts";

export type Watch = (before: AlertState, event: AlertEvent, now: number, step: AlertStep) => string | undefined;

/** The debounce, told a second time in other words: a streak of equal reports that has run for its delay flips the condition. */
interface Book {
  readonly active: boolean;
  /** Time the streak against the condition has run, up to `since`; undefined without streak. */
  readonly ran: number | undefined;
  readonly since: number;
  readonly alive: boolean;
  readonly tested: boolean;
  readonly flips: readonly TransitionEvent[];
}

function flipIfDue(book: Book, rules: AlertDefinition): Book {
  const delay = book.active ? rules.offDelayMs : rules.onDelayMs;
  if (book.ran === undefined || book.ran < delay) return book;
  return { ...book, active: !book.active, ran: undefined, flips: [...book.flips, book.active ? "clear" : "raise"] };
}

function enter(book: Book, event: AlertEvent, now: number, rules: AlertDefinition): Book {
  const runs = book.ran !== undefined && book.alive && book.tested;
  const timed: Book = { ...book, flips: [], since: now, ran: runs ? Math.max(0, (book.ran ?? 0) + now - book.since) : book.ran };
  const due = runs ? flipIfDue(timed, rules) : timed;
  if (event.type === "heartbeat-lost") return { ...due, alive: false };
  if (event.type === "heartbeat-back") return { ...due, alive: true };
  if (event.type === "not-tested") return { ...due, alive: true, tested: due.ran === undefined };
  if (event.type !== "fail" && event.type !== "pass") return due;
  const isAgainst = (event.type === "fail") !== due.active;
  const streak: Book = { ...due, alive: true, tested: true, ran: isAgainst ? (due.ran ?? 0) : undefined };
  return due.ran === undefined ? flipIfDue(streak, rules) : streak;
}

type Rule = readonly [name: string, isKept: boolean];

const firstBroken = (rules: readonly Rule[]): string | undefined => rules.find(([, isKept]) => !isKept)?.[0];
const has = (effects: readonly Effect[], ...events: readonly TransitionEvent[]): boolean =>
  effects.some((effect) => events.includes(effect.event));
const count = (effects: readonly Effect[], event: TransitionEvent): number => effects.filter((effect) => effect.event === event).length;

const UNHIDING: readonly TransitionEvent[] = ["unshelve", "unsuppress", "in-service"];

/** What the observer knows of one alert. */
interface Memory {
  readonly rules: AlertDefinition;
  book: Book;
  /** Someone was told of the activation that is seen now. */
  isTold: boolean;
  /** ON since the history was cleared. */
  raises: number;
  readonly cleared: Set<number>;
}

function checkTelling(memory: Memory, after: AlertState, effects: readonly Effect[]): string | undefined {
  for (const effect of effects) {
    if (effect.event === "raise") memory.isTold = false;
    if (effect.event === "ack") memory.isTold = true;
    if (effect.notify !== "raise") continue;
    if (memory.isTold && effect.event !== "priority") return "no phantom: a raise is told once";
    if (effect.event !== "raise" && effect.event !== "priority" && !UNHIDING.includes(effect.event))
      return "no phantom: only ON, priority and un-hiding tell a raise";
    memory.isTold = true;
  }
  if (isHidden(after)) memory.isTold = false;
  const mustBeTold = isActive(after) && !isHidden(after) && after.unsuppressAt === undefined;
  return mustBeTold && !memory.isTold ? "no silent loss: active, seen and untold" : undefined;
}

function checkEpisodes(memory: Memory, before: AlertState, after: AlertState, effects: readonly Effect[]): string | undefined {
  let n = before.episode;
  let isAcked = before.acknowledged || memory.rules.autoAck;
  for (const effect of effects) {
    if (effect.event === "ack") isAcked = true;
    if (effect.event === "raise" && effect.episode !== ++n) return "each ON is an episode of its own";
    if (effect.event === "clear" && effect.episode !== n) return "OFF belongs to the current episode";
    if (effect.event === "clear") memory.cleared.add(effect.episode);
    if (effect.event === "close" && !(isAcked && memory.cleared.has(effect.episode)))
      return "an episode closes only when over and acknowledged";
  }
  const left = before.openEpisodes.filter((episode) => !after.openEpisodes.some((open) => open.n === episode.n));
  const isRest = after.acknowledged && !after.latched;
  return firstBroken([
    ["the episode counts ON", after.episode === n],
    ["an active alert has its episode open", !isActive(after) || after.openEpisodes.at(-1)?.n === n],
    [
      "an episode leaves by closing",
      left.every((episode) => effects.some((effect) => effect.event === "close" && effect.episode === episode.n)),
    ],
    [
      "an episode that is over, acknowledged and released is closed",
      !isRest || after.openEpisodes.every((episode) => episode.clearedAt === undefined),
    ],
    ["raised ≤ acknowledged", after.openEpisodes.every((episode) => (episode.ackedAt ?? episode.raisedAt) >= episode.raisedAt)],
    ["raised ≤ cleared", after.openEpisodes.every((episode) => (episode.clearedAt ?? episode.raisedAt) >= episode.raisedAt)],
  ]);
}

function checkCycle(
  memory: Memory,
  before: AlertState,
  event: AlertEvent,
  after: AlertState,
  effects: readonly Effect[],
): string | undefined {
  const byte = udsByte(after, memory.rules);
  const bit = (index: number): boolean => ((byte >> index) & 1) === 1;
  const ages = after.cycle.ageing > before.cycle.ageing;
  memory.raises = event.type === "clear-history" ? 0 : memory.raises + count(effects, "raise");
  return firstBroken([
    ["b3 ⇒ b5", !bit(3) || bit(5)],
    ["b0 ⇒ b1", !bit(0) || bit(1)],
    ["b1 ⇒ ¬b6", !bit(1) || !bit(6)],
    ["b1 ⇒ b2", !bit(1) || bit(2)],
    ["b0 = active", bit(0) === isActive(after)],
    [
      "b7 = held, level 1 or 2, seen",
      bit(7) === (isHeld(after) && (memory.rules.level === 1 || memory.rules.level === 2) && !isHidden(after)),
    ],
    ["0x50 after clearing the history", event.type !== "clear-history" || (byte & 0x7f) === 0x50],
    ["occurrences count ON since the clear", after.occurrences === memory.raises],
    [
      "ageing moves by a tested cycle only",
      !ages || (event.type === "cycle-end" && (before.cycle.testedThisCycle || has(effects, "clear"))),
    ],
    ["a failure starts ageing anew", !has(effects, "raise") || after.cycle.ageing === 0],
  ]);
}

function checkOverlays(
  memory: Memory,
  before: AlertState,
  event: AlertEvent,
  now: number,
  after: AlertState,
  effects: readonly Effect[],
): string | undefined {
  const { shelf } = after;
  const isShelved = shelf.kind !== "none";
  const shelfSince = event.type === "shelve" || JSON.stringify(shelf) === JSON.stringify(before.shelf);
  return firstBroken([
    ["no endless shelf", !isShelved || (shelf.until > now && shelf.until <= now + memory.rules.maxShelveMs)],
    ["no shelf without a person", !isShelved || shelfSince || before.shelf.kind === shelf.kind],
    ["no silent un-shelving", before.shelf.kind === "none" || isShelved || has(effects, "unshelve")],
    ["only what may be shelved is", event.type !== "shelve" || memory.rules.shelvable],
    ["only what may be suppressed is", event.type !== "suppress" || memory.rules.suppressible],
    ["suppression is written down", before.suppressedBy.length === after.suppressedBy.length || has(effects, "suppress", "unsuppress")],
    ["out of service is written down", before.outOfService === after.outOfService || has(effects, "out-of-service", "in-service")],
    ["the hold-off ends", (after.unsuppressAt ?? now + 1) > now && (after.unsuppressAt ?? now) <= now + memory.rules.unsuppressHoldMs],
    [
      "the hidden is not notified",
      !isHidden(before) ||
        !isHidden(after) ||
        event.type === "tick" ||
        effects.every((effect) => effect.notify === undefined) ||
        has(effects, ...UNHIDING),
    ],
  ]);
}

function checkPeople(
  memory: Memory,
  before: AlertState,
  event: AlertEvent,
  after: AlertState,
  effects: readonly Effect[],
): string | undefined {
  const isReset = event.type === "reset";
  const isTimed = memory.book.flips.length > 0 || has(effects, ...UNHIDING);
  const seen = event.type === "ack" || isReset ? event.version : undefined;
  const ackLost = before.acknowledged && !after.acknowledged;
  const ackGained = !before.acknowledged && after.acknowledged;
  return firstBroken([
    ["the latch is lost by a reset only", !before.latched || after.latched || isReset],
    ["a reset does not pass an active fault", !isReset || !isActive(after)],
    ["a reset opens the latch", !isReset || !after.latched],
    ["a latching fault latches", !has(effects, "raise") || !memory.rules.latching || after.latched || isReset],
    ["a stale version is refused", seen === undefined || isTimed || seen === before.version],
    ["an acknowledgement is not lost by itself", !ackLost || has(effects, "raise", "unack", "priority", ...UNHIDING)],
    ["an acknowledgement comes from a person", !ackGained || has(effects, "ack") || memory.rules.autoAck],
    ["held begins with ON", isHeld(before) || !isHeld(after) || has(effects, "raise")],
    ["held ends with OFF or reset", !isHeld(before) || isHeld(after) || has(effects, "clear", "reset")],
    ["an unacknowledged alert stays listed", before.acknowledged || has(effects, "ack") || memory.rules.autoAck || isListed(after)],
  ]);
}

export function watchAlert(rules: AlertDefinition): Watch {
  const memory: Memory = {
    rules,
    book: { active: false, ran: undefined, since: 0, alive: true, tested: true, flips: [] },
    isTold: false,
    raises: 0,
    cleared: new Set(),
  };
  return (before, event, now, step) => {
    if (!step.ok) return step.state === before ? undefined : "a refused event changes nothing";
    const { state: after, effects } = step;
    memory.book = enter(memory.book, event, now, memory.rules);
    const flips = effects.flatMap((effect) => (effect.event === "raise" || effect.event === "clear" ? [effect.event] : []));
    const isChanged = after !== before;
    return (
      firstBroken([
        ["ON and OFF come when their delay has run, and only then", flips.join() === memory.book.flips.join()],
        ["the condition is what the reports make it", isActive(after) === memory.book.active],
        ["quality follows life", (after.quality === "good") === memory.book.alive],
        ["the version never falls", after.version >= before.version],
        [
          "the version grows with what is seen",
          !isChanged || effects.length === 0 || after.version > before.version || count(effects, "remind") === effects.length,
        ],
        ["the version stays without", effects.length > 0 || after.version === before.version],
        ["one letter", "ABCDEFGHI".includes(isaLetter(after))],
        [
          "repeats are free",
          !(event.type === "fail" && before.condition === "active" && before.quality === "good" && effects.length === 0) ||
            !isChanged ||
            before.shelf !== after.shelf ||
            before.unsuppressAt !== after.unsuppressAt,
        ],
      ]) ??
      checkTelling(memory, after, effects) ??
      checkEpisodes(memory, before, after, effects) ??
      checkCycle(memory, before, event, after, effects) ??
      checkOverlays(memory, before, event, now, after, effects) ??
      checkPeople(memory, before, event, after, effects)
    );
  };
}
