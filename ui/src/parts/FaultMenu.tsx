/** Demo only: sets a fault on a virtual printer. A plain choice and a button: works with any keyboard and reader. */
import { Button, NativeSelect } from "@mantine/core";
import { memo, useState } from "react";
import { errorWords } from "../data/client.ts";
import { useSetFault } from "../data/queries.ts";
import { fromSlug } from "../show/words.ts";
import { t } from "../words/language.ts";

function Menu({ printer, name, faults }: { readonly printer: string; readonly name: string; readonly faults: readonly string[] }) {
  const [fault, setFault] = useState(faults[0] ?? "");
  const set = useSetFault(printer);
  if (faults.length === 0) return null;
  return (
    <form
      className="fault-menu"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(fault);
      }}
    >
      <NativeSelect
        size="xs"
        aria-label={t("fault.label", { name })}
        value={fault}
        data={faults.map((value) => ({ value, label: fromSlug(value) }))}
        onChange={(event) => setFault(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" variant="default" loading={set.isPending}>
        {t("fault.set")}
      </Button>
      <output className="small">{set.isError ? errorWords(set.error) : set.isSuccess ? t("fault.done") : ""}</output>
    </form>
  );
}

/** The list of faults does not change with the readings: drawn once. */
export const FaultMenu = memo(Menu);
