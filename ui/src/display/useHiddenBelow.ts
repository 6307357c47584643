/** How many items of a list cannot be seen above the lower edge of the window; follows scrolling and every change of size. */
import { type RefObject, useEffect, useRef, useState } from "react";

/** So much of an item's top must be in the window for it to count as seen: its severity and its title. */
const SEEN_PX = 110;

export function useHiddenBelow<T extends HTMLElement>(): readonly [RefObject<T | null>, number] {
  const list = useRef<T>(null);
  const [hidden, setHidden] = useState(0);
  useEffect(() => {
    const node = list.current;
    if (node === null) return undefined;
    const count = (): void => {
      const tops = [...node.children].map((item) => item.getBoundingClientRect().top);
      setHidden(tops.filter((top) => top + SEEN_PX > window.innerHeight).length);
    };
    const observer = new ResizeObserver(count);
    observer.observe(node);
    window.addEventListener("scroll", count, { passive: true });
    window.addEventListener("resize", count);
    count();
    return () => {
      observer.disconnect();
      window.removeEventListener("scroll", count);
      window.removeEventListener("resize", count);
    };
  }, []);
  return [list, hidden];
}
