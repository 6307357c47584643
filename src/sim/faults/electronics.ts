/** Network, host program, controller boards, their buses and their power. */
import { codes, type Fault, HOUR_S, MINUTE_S, onKlipper, SUDDEN } from "./fault.ts";

const SILENCE = "F000-0100-0003-0002";
const SKEW = "F000-0100-0003-0003";
const UNREACHABLE = "F000-0100-0003-0001";
const silent: Fault["expects"] = { bambu: codes(`${SILENCE} ${UNREACHABLE}`), klipper: codes(`${SILENCE} ${UNREACHABLE}`) };
const hasCan: Fault["needs"] = (facts) => facts.body.hasCan;

const NETWORK: readonly Fault[] = [
  {
    name: "wifi-lost",
    about: "the printer drops off the network",
    onset: SUDDEN,
    damage: () => ({ isOffline: true }),
    vendor: { effect: "offline", hms: [], noticedAfterS: 0 },
    expects: silent,
    physicallyVisibleS: 5,
  },
  {
    name: "wifi-weak",
    about: "something metal stands between the printer and its access point",
    onset: SUDDEN,
    damage: (strength) => ({ rssiLossDb: 32 * strength }),
    expects: { bambu: codes("0500-0200-0003-E119") },
    mayRaise: codes(`${SILENCE} ${UNREACHABLE}`),
    physicallyVisibleS: 30,
  },
  {
    name: "link-mute",
    about: "the connection stands, but nothing comes any more",
    onset: SUDDEN,
    damage: () => ({ isMute: true }),
    expects: silent,
    physicallyVisibleS: 5,
  },
  {
    name: "messages-lost",
    about: "most messages get lost on the way",
    onset: SUDDEN,
    damage: (strength) => ({ lossPct: 85 * strength }),
    expects: {},
    mayRaise: codes(`${SILENCE} ${UNREACHABLE}`),
  },
  {
    name: "clock-jump",
    about: "the printer's clock is set wrongly by minutes",
    onset: SUDDEN,
    damage: (strength) => ({ clockOffsetMs: 600_000 * strength }),
    expects: { klipper: codes(SKEW) },
    physicallyVisibleS: 1,
  },
  {
    name: "clock-drift",
    about: "the printer's clock runs fast by a minute an hour",
    onset: SUDDEN,
    damage: (strength) => ({ clockDriftMsPerH: 60_000 * strength }),
    expects: { klipper: codes(SKEW) },
    physicallyVisibleS: 2 * MINUTE_S,
  },
];

const LINKS: readonly Fault[] = [
  {
    name: "can-errors",
    about: "the toolhead's bus makes errors now and then",
    onset: SUDDEN,
    damage: (strength) => ({ canErrorRate: 2 * strength }),
    expects: { klipper: codes("E100-0300-0003-E001") },
    mayRaise: codes("E100-0300-0002-E120 E100-0300-0002-E001"),
    needs: hasCan,
    physicallyVisibleS: 2,
  },
  {
    name: "cable-failing",
    about: "a wire of the toolhead's cable breaks strand by strand: its errors grow",
    onset: { kind: "creeping", overS: 2 * HOUR_S },
    damage: (strength) => ({ canErrorRate: 6 * strength ** 2 }),
    expects: { klipper: codes("E100-0300-0002-E120 E100-0300-0003-E001") },
    mayRaise: codes("E100-0300-0002-E001"),
    needs: hasCan,
    physicallyVisibleS: 10 * MINUTE_S,
  },
  {
    name: "can-off",
    about: "the toolhead's bus switched itself off",
    onset: SUDDEN,
    damage: () => ({ isCanOff: true, canErrorRate: 5 }),
    expects: { klipper: codes("E100-0300-0002-E001") },
    mayRaise: codes("E100-0300-0003-E001 E100-0300-0002-E120 E100-0200-0001-E006"),
    needs: hasCan,
    physicallyVisibleS: 1,
  },
  {
    name: "mcu-link-dirty",
    about: "bytes between host and controller board get lost and are sent again",
    onset: SUDDEN,
    damage: (strength) => ({ mcuRetransmit: 0.02 * strength, mcuInvalid: 0.002 * strength }),
    expects: { klipper: codes("E100-0200-0003-E001") },
    needs: onKlipper,
    physicallyVisibleS: 5,
  },
  {
    name: "mcu-dead",
    about: "the controller board does not answer any more",
    onset: SUDDEN,
    damage: () => ({ isMcuDead: true }),
    expects: { klipper: codes("E100-0200-0001-E006") },
    needs: onKlipper,
    physicallyVisibleS: 1,
  },
];

/** A host that is gone takes its codes with it. */
const HOST: readonly Fault[] = [
  {
    name: "host-dead",
    about: "the host program has ended",
    onset: SUDDEN,
    damage: () => ({ isHostDead: true }),
    expects: { klipper: codes("E100-0100-0001-E001") },
    needs: onKlipper,
    physicallyVisibleS: 3,
  },
  {
    name: "host-frozen",
    about: "the host program says that it is ready, and does nothing any more",
    onset: SUDDEN,
    damage: () => ({ isHostFrozen: true }),
    expects: { klipper: codes("E100-0100-0001-E121") },
    mayRaise: codes("0300-0200-0001-E106 0300-0100-0001-E106 E100-0200-0001-E006"),
    needs: onKlipper,
    physicallyVisibleS: 3,
  },
  {
    name: "config-bad",
    about: "the host restarted and cannot read its configuration",
    onset: SUDDEN,
    damage: () => ({ isConfigBad: true }),
    expects: { klipper: codes("E100-0400-0001-E001 E100-0400-0001-E002 E100-0400-0001-E003") },
    needs: onKlipper,
    physicallyVisibleS: 2,
  },
  {
    name: "host-late",
    about: "the host is too slow: its orders reach the board too late",
    onset: SUDDEN,
    damage: () => ({ isHostLate: true, hostLoad: 4 }),
    expects: { klipper: codes("E100-0200-0001-E001") },
    mayRaise: codes("E100-0600-0003-E007"),
    needs: onKlipper,
    physicallyVisibleS: 2,
  },
];

const COMPUTER: readonly Fault[] = [
  {
    name: "host-busy",
    about: "something else takes the host's time: again and again it comes seconds too late",
    onset: SUDDEN,
    damage: (strength) => ({ hostStallsPerMin: 15 * strength, hostLoad: 3 }),
    expects: { klipper: codes("E100-0600-0003-E007") },
    // one moment follows another, and it looks frozen
    mayRaise: codes("E100-0100-0001-E121"),
    needs: onKlipper,
    physicallyVisibleS: 5,
  },
  {
    name: "macro-faulty",
    about: "a macro of the site ends every print with an error in words of its own",
    onset: SUDDEN,
    damage: () => ({ isMacroFaulty: true }),
    expects: { klipper: codes("E100-0500-0003-E00F") },
    needs: onKlipper,
  },
  {
    name: "host-hot",
    about: "the fan of the host computer stands: its processor gets hot",
    onset: SUDDEN,
    damage: (strength) => ({ hostHeatC: 50 * strength }),
    expects: { klipper: codes("E100-0600-0003-E003") },
    needs: onKlipper,
    physicallyVisibleS: 2 * MINUTE_S,
  },
];

const POWER: readonly Fault[] = [
  {
    name: "supply-sagging",
    about: "the power supply gives too little under load",
    onset: SUDDEN,
    damage: (strength) => ({ supplyDropV: 3.4 * strength }),
    expects: { klipper: codes("0300-4100-0001-E123 0300-4100-0002-E123") },
    mayRaise: codes(
      "0300-0200-0003-E109 0300-0100-0003-E109 0300-0200-0003-E108 0300-0100-0003-E108 0300-0200-0002-E103 0300-0100-0002-E103",
    ),
    physicallyVisibleS: 3,
  },
  {
    name: "host-under-voltage",
    about: "the host computer's power supply is too weak",
    onset: SUDDEN,
    damage: () => ({ isUnderVoltage: true }),
    expects: { klipper: codes("E100-0600-0003-E001") },
    needs: onKlipper,
    physicallyVisibleS: 2,
  },
  {
    name: "brownouts",
    about: "the supply breaks down for moments, again and again",
    onset: SUDDEN,
    damage: (strength, sinceS) => ({ brownouts: Math.floor((sinceS / 120) * strength) + 1 }),
    expects: { klipper: codes("0300-4100-0002-E123 0300-4100-0001-E123") },
    physicallyVisibleS: 3,
  },
];

export const ELECTRONICS_FAULTS: readonly Fault[] = [...NETWORK, ...LINKS, ...HOST, ...COMPUTER, ...POWER];
