// What is not needed before the first chart; app/later.tsx loads it.

export { Alerts } from '../alerts/alerts.tsx';
export { Reference } from '../reference/reference.tsx';
export { Help } from './help.tsx';
