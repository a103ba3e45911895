// Says that the server is gone, and when it is asked again.

import { useEffect, useState } from 'preact/hooks';
import type { Outage } from '../app/poll.ts';
import { Mark } from './mark.tsx';

export interface OutageBannerProps {
  outage: Outage;
  /** Something from before is still on show. */
  stale: boolean;
  onRetry(): void;
}

export function OutageBanner({ outage, stale, onRetry }: OutageBannerProps) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const id = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(id);
  }, []);
  const seconds = outage.retryAt === undefined ? 0 : Math.ceil((outage.retryAt - now) / 1000);
  return (
    <div class="banner">
      <span class="critical"><Mark shape="gone" /></span>
      <span class="critical" role="alert">{outage.message}.{stale && ' What you see is from before.'}</span>
      <span class="meta">{seconds > 0 ? `Trying again in ${seconds} s` : outage.retryAt === undefined ? 'Still waiting …' : 'Trying again …'}</span>
      <button onClick={onRetry}>Try now</button>
    </div>
  );
}
