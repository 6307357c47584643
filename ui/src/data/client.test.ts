/** What people read when the server refuses. */
import { expect, it } from "vitest";
import { problemText, refusalWords } from "./client.ts";

it.each([
  ["a problem with detail", 409, '{"title":"Conflict","detail":"you saw version 3"}', "you saw version 3"],
  ["a problem with title only", 404, '{"title":"No such alert"}', "No such alert"],
  ["fields", 400, '{"title":"Bad","errors":[{"field":"minutes","message":"must be above 0"}]}', "Bad (minutes: must be above 0)"],
  ["a page of a proxy", 502, "<html>", "the server answered with status 502"],
  ["nothing", 500, "", "the server answered with status 500"],
  ["null", 500, "null", "the server answered with status 500"],
])("%s", (_name, status, body, words) => expect(problemText(status, body)).toBe(words));

it.each([
  ["a shelve names no version", undefined, 7, "Not done: it may not be shelved."],
  ["the version is the one that was seen", 7, 7, "Not done: it may not be shelved."],
  ["it changed", 7, 8, "Not done, because the alert has changed meanwhile; it now shows as it is. (it may not be shelved)"],
])("refused: %s", (_name, sent, now, words) => expect(refusalWords(sent, now, "it may not be shelved")).toBe(words));
