/**
 * One timer for everything that falls due: delays, shelves, hold-offs, waits and retries. A key has at most one due time; planning
 * it anew replaces the former. What was due while nobody ran falls due at once.
 */
import type { Clock, Timestamp } from "../lib/time.ts";

/** Timers of the platform overflow at 24.8 days; a shelf may be longer. */
const LONGEST_TIMER_MS = 3_600_000;

export interface Agenda {
  /** Undefined: nothing is due for this key any more. */
  plan(key: string, due: Timestamp | undefined): void;
  clear(): void;
}

interface Item {
  readonly due: Timestamp;
  readonly key: string;
}

/** `run` gets every key that is due, each once, earliest first; it plans again what is due later. */
export function createAgenda(clock: Clock, run: (keys: readonly string[]) => void): Agenda {
  const current = new Map<string, Timestamp>();
  const heap: Item[] = [];
  let armedFor: Timestamp | undefined;
  let cancel: (() => void) | undefined;

  const isOutdated = (item: Item): boolean => current.get(item.key) !== item.due;

  function dropOutdated(): Item | undefined {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (!isOutdated(top)) return top;
      popTop(heap);
    }
    return undefined;
  }

  function arm(): void {
    const next = dropOutdated();
    if (next?.due === armedFor) return;
    cancel?.();
    cancel = undefined;
    armedFor = next?.due;
    if (next === undefined) return;
    const delay = Math.min(LONGEST_TIMER_MS, Math.max(0, next.due - clock.now()));
    cancel = clock.setTimer(delay, fire);
  }

  function fire(): void {
    armedFor = undefined;
    cancel = undefined;
    const keys: string[] = [];
    const now = clock.now();
    for (let next = dropOutdated(); next !== undefined && next.due <= now; next = dropOutdated()) {
      popTop(heap);
      current.delete(next.key);
      keys.push(next.key);
    }
    if (keys.length > 0) run(keys);
    arm();
  }

  return {
    plan: (key, due) => {
      if (current.get(key) === due) return;
      if (due === undefined) current.delete(key);
      else {
        current.set(key, due);
        push(heap, { due, key });
      }
      arm();
    },
    clear: () => {
      current.clear();
      heap.length = 0;
      arm();
    },
  };
}

/** A binary heap with the earliest on top. */
function push(heap: Item[], item: Item): void {
  let index = heap.push(item) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.due <= item.due) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = item;
}

function popTop(heap: Item[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    if (left === undefined) break;
    const isRight = right !== undefined && right.due < left.due;
    const child = isRight ? right : left;
    if (child.due >= last.due) break;
    heap[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = last;
}
