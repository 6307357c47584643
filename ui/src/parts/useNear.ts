/** Whether an element is in view or near it, so that long lists draw their costly parts only there. One observer serves all. */
import { type RefObject, useEffect, useRef, useState } from "react";

const MARGIN_PX = 500;
const watched = new WeakMap<Element, (near: boolean) => void>();
let observer: IntersectionObserver | undefined;

function observerOf(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) watched.get(entry.target)?.(entry.isIntersecting);
    },
    { rootMargin: `${MARGIN_PX}px 0px` },
  );
  return observer;
}

export function useNear<T extends Element>(): readonly [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    watched.set(element, setNear);
    observerOf().observe(element);
    return () => {
      observerOf().unobserve(element);
      watched.delete(element);
    };
  }, []);
  return [ref, near];
}
