/** The demo's story: one fault of each level in the first minute, one after the other, then a note that flaps, then chance. */
import type { Story } from "./shape.ts";

/** The error needs some ten seconds until the firmware notices. */
export const DEMO: Story = {
  visits: [
    { atS: 12, index: 2, fault: "rods-dry", lastsS: 150 },
    { atS: 20, index: 1, fault: "front-cover-off", lastsS: 65 },
    { atS: 24, index: 0, fault: "nozzle-heater-overtemp", lastsS: 100 },
    { atS: 105, index: 1, fault: "chamber-hot", lastsS: 90 },
  ],
  later: "random",
};
