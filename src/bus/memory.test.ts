/** The in-process bus keeps the bus contract. */
import { createIntake, busContract } from "./bus.contract.ts";
import { createMemoryBus } from "./memory.ts";

busContract("memory", async () => {
  const intake = createIntake();
  const bus = createMemoryBus(intake, "e1");
  return { bus, intake, stop: () => bus.close() };
});
