/**
 * Readings that follow from several fields or from the model, worked out after all fields of a message were read. The draft is
 * written by name throughout: names that are worked out turn it into a slow object, and this runs for every message.
 */
import * as bambu from "./constants.ts";
import { BED, CHAMBER, type Draft, type Facts, FANS, FLAGS, JOB, NOZZLE, settle, STAGE, WIFI } from "./facts.ts";
import { bitOfHex } from "./values.ts";

export function finish(facts: Facts, draft: Draft): void {
  const changed = facts.changed;
  facts.changed = 0;
  if (changed === 0) return;
  if (changed & STAGE) finishStage(facts, draft);
  if (changed & NOZZLE) finishNozzle(facts, draft);
  if (changed & BED) finishBed(facts, draft);
  if (changed & CHAMBER && hasChamberReading(facts)) finishChamber(facts, draft);
  if (changed & FANS) finishFans(facts, draft);
  if (changed & (WIFI | FLAGS)) finishLink(facts, draft);
  if (changed & FLAGS) finishDoor(facts, draft);
  if (changed & JOB) finishJob(facts, draft);
}

function finishStage(facts: Facts, draft: Draft): void {
  const { stageNumber: stage, state } = facts;
  if (stage === undefined || state === undefined) return;
  const isIdle = stage === bambu.STAGE_IDLE_X1 || stage === bambu.STAGE_IDLE_P1;
  if (isIdle || (stage === bambu.STAGE_PRINTING && state !== "printing")) draft.stage = state === "unknown" ? "idle" : state;
  else draft.stage = bambu.STAGES[stage] ?? `stage ${stage}`;
}

/** With two extruders the plain fields follow whichever is in use, so that only the packed ones can be told apart. */
function finishNozzle(facts: Facts, draft: Draft): void {
  const { current, target } = facts.nozzle;
  if (facts.twoExtruders) {
    current.plain = undefined;
    target.plain = undefined;
  }
  const currentC = settle(current);
  const targetC = settle(target);
  if (currentC !== undefined) draft.nozzleTempC = currentC;
  if (targetC !== undefined) draft.nozzleTargetC = targetC;
}

function finishBed(facts: Facts, draft: Draft): void {
  const currentC = settle(facts.bed.current);
  const targetC = settle(facts.bed.target);
  if (currentC !== undefined) draft.bedTempC = currentC;
  if (targetC !== undefined) draft.bedTargetC = targetC;
}

function finishChamber(facts: Facts, draft: Draft): void {
  const currentC = settle(facts.chamber.current);
  const targetC = settle(facts.chamber.target);
  if (currentC !== undefined) draft.chamberTempC = currentC;
  if (targetC !== undefined) draft.chamberTargetC = targetC;
}

function hasChamberReading(facts: Facts): boolean {
  const traits = facts.model === undefined ? undefined : bambu.MODELS.get(facts.model);
  if (traits !== undefined) return traits.chamberSensor;
  return facts.chamber.current.fine !== undefined || facts.chamber.current.plain !== bambu.CHAMBER_WITHOUT_SENSOR_C;
}

function finishFans(facts: Facts, draft: Draft): void {
  const part = settle(facts.fans[0]);
  const aux = settle(facts.fans[1]);
  const chamber = settle(facts.fans[2]);
  if (part !== undefined) draft.partFanPct = part;
  if (aux !== undefined) draft.auxFanPct = aux;
  if (chamber !== undefined) draft.chamberFanPct = chamber;
}

function flag(homeFlag: number | undefined, bit: number): boolean | undefined {
  return homeFlag === undefined ? undefined : ((homeFlag >> bit) & 1) === 1;
}

function finishLink(facts: Facts, draft: Draft): void {
  const traits = facts.model === undefined ? undefined : bambu.MODELS.get(facts.model);
  const saysCable = facts.wifiDbm === bambu.WIFI_DBM_ON_CABLE;
  const wired = traits?.ethernet === true ? saysCable || flag(facts.homeFlag, bambu.HOME_FLAG_WIRED_BIT) === true : undefined;
  if (wired !== undefined && (facts.wifiDbm !== undefined || wired)) draft.wired = wired;
  // an unknown model may be on the cable: -90 is told once the model is known
  if (facts.wifiDbm !== undefined && wired !== true && (traits !== undefined || !saysCable)) draft.wifiDbm = facts.wifiDbm;
}

function finishDoor(facts: Facts, draft: Draft): void {
  const door = facts.model === undefined ? "none" : (bambu.MODELS.get(facts.model)?.door ?? "none");
  if (door === "none") return;
  const open = door === "home_flag" ? flag(facts.homeFlag, bambu.HOME_FLAG_DOOR_BIT) : bitOfHex(facts.stat, bambu.STAT_DOOR_BIT);
  if (open !== undefined) draft.doorOpen = open;
}

/** An empty name is told only after a real one, to take it back. */
function finishJob(facts: Facts, draft: Draft): void {
  const name = facts.jobTitle || facts.jobFile?.slice(facts.jobFile.lastIndexOf("/") + 1) || "";
  if (name === "" && !facts.jobTold) return;
  facts.jobTold = name !== "";
  draft.jobName = name;
}
