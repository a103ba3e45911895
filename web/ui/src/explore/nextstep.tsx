// When a value that is sent now will be there to see.

import { useEffect, useState } from 'preact/hooks';
import { durationText } from '../chart/time.ts';
import { untilStep } from './model.ts';

/** step is that of the store in milliseconds; nothing is said while it is unknown. */
export function NextStep({ step }: { step: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const id = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(id);
  }, []);
  if (!(step > 0)) return null;
  return <p class="meta">A value that is sent now appears at the end of its step, in {durationText(1000 * Math.ceil(untilStep(step, now) / 1000))}.</p>;
}
