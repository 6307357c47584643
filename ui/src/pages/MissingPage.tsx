/** For an address that leads nowhere. */
import { Link } from "wouter";
import { useTitle } from "../parts/useTitle.ts";

export function MissingPage() {
  useTitle("Not found");
  return (
    <div className="narrow">
      <h1>There is no such page</h1>
      <p>
        <Link href="/">To the fleet</Link> · <Link href="/codes">Search a code</Link>
      </p>
    </div>
  );
}
