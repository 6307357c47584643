/** A part that scrolls by itself, named and reachable by the keyboard. */
import type { ReactNode } from "react";

export function Scroll({
  label,
  className = "scroll",
  children,
}: {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    // what scrolls must take the keyboard's focus, or its end cannot be read without a mouse
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
