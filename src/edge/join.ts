/**
 * Several detectors may watch for one code, and the printer may report it itself: central keeps one alert of it. What must hold: the
 * alert stands while any of them says fail, and is taken back when the last one passes. Pure; the state is plain JSON and is kept
 * with the states of the detectors, which already count what they said as told.
 */
import type { HmsCode } from "../model/code.ts";
import type { Finding } from "../model/report.ts";
import { isObject } from "./files.ts";

/** What a detector said last of a code that it once failed. */
type Word = "fail" | "not_tested";

/** Code → detector → its last word. Only codes that stand at central are here. */
export type JoinState = Readonly<Record<string, Readonly<Record<string, Word>>>>;

export interface Join {
  /** What goes on to central; undefined while another detector knows better. */
  take(detector: string, finding: Finding): Finding | undefined;
  /** Whether central has the code for failed. */
  stands(code: HmsCode): boolean;
  /** Takes back what nobody is left to take back: `speaks` tells which detectors still say something of a code. */
  prune(speaks: (detector: string, code: HmsCode) => boolean): readonly { readonly detector: string; readonly finding: Finding }[];
  state(): JoinState;
}

type Words = Map<string, Word>;

const isWord = (entry: [string, unknown]): entry is [string, Word] => entry[1] === "fail" || entry[1] === "not_tested";

/** `saved` comes from a file: what has another shape is left out. */
function restore(saved: unknown): Map<HmsCode, Words> {
  const standing = new Map<HmsCode, Words>();
  for (const [code, words] of isObject(saved) ? Object.entries(saved) : []) {
    const sound = isObject(words) ? Object.entries(words).filter(isWord) : [];
    if (sound.length > 0) standing.set(code as HmsCode, new Map(sound));
  }
  return standing;
}

const othersThatFail = (words: Words | undefined, detector: string): readonly string[] =>
  words === undefined ? [] : [...words].filter(([other, word]) => other !== detector && word === "fail").map(([other]) => other);

export function createJoin(saved?: unknown): Join {
  const standing = restore(saved);

  function note(code: HmsCode, detector: string, word: Word): void {
    const words = standing.get(code);
    if (words === undefined) standing.set(code, new Map([[detector, word]]));
    else words.set(detector, word);
  }

  function take(detector: string, finding: Finding): Finding | undefined {
    const { code, status } = finding;
    const words = standing.get(code);
    const others = othersThatFail(words, detector);
    if (status === "fail") {
      note(code, detector, "fail");
      return others.length === 0 ? finding : { ...finding, evidence: { ...finding.evidence, alsoSeenBy: others } };
    }
    if (status === "not_tested") {
      if (words?.has(detector) === true) note(code, detector, "not_tested");
      return others.length === 0 ? finding : undefined;
    }
    words?.delete(detector);
    if (others.length > 0) return undefined;
    // whoever could no longer test it has nothing to say against the one who could
    standing.delete(code);
    return finding;
  }

  return {
    take,
    stands: (code) => standing.has(code),
    prune: (speaks) =>
      [...standing].flatMap(([code, words]) =>
        [...words.keys()].flatMap((detector) => {
          if (speaks(detector, code)) return [];
          const evidence = { reason: `the detector ${detector} no longer watches this printer for ${code}` };
          const finding = take(detector, { code, status: "pass", evidence });
          return finding === undefined ? [] : [{ detector, finding }];
        }),
      ),
    state: () => Object.fromEntries([...standing].map(([code, words]) => [code, Object.fromEntries(words)])),
  };
}
