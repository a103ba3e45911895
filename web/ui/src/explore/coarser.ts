// A graph that would be too much, asked for again with a coarser step.

import { type Client, type Params, Refused } from '../api/client.ts';
import { getGraph, type Graph } from '../api/graph.ts';
import { durationText } from '../chart/time.ts';

export interface BearableGraph {
  graph: Graph;
  /** The step it has because a finer one was refused, for people; empty if it has the step that was asked for. */
  coarser: string;
}

/** What is suggested may still be too much, as series come and go. */
const mostAttempts = 4;

/** Asks for a graph, and, as long as it is refused for its number of values, for one of fewer. */
export async function getBearableGraph(client: Client, params: Params, signal: AbortSignal): Promise<BearableGraph> {
  for (let attempt = 1, asked = params; ; attempt++) {
    try {
      const graph = await getGraph(client, asked, signal);
      return { graph, coarser: asked === params ? '' : durationText(graph.step) };
    } catch (e) {
      const fewer = e instanceof Refused && attempt < mostAttempts ? fewerValues(asked, e) : undefined;
      if (!fewer) throw e;
      asked = fewer;
    }
  }
}

/**
 * The parameters with the step that the server suggests. A server that suggests none makes the step from the width: one
 * that is narrower by what was too much. Undefined for other refusals.
 */
function fewerValues(params: Params, { message, place }: Refused): Params | undefined {
  const without = (name: string): Params => params.filter(([k]) => k !== name);
  const given = new Map(params);
  if (place.suggestedStep !== undefined) {
    return place.suggestedStep === given.get('step') ? undefined : [...without('step'), ['step', place.suggestedStep]];
  }
  const [, asked, most] = /too many datapoints: (\d+) > (\d+)/.exec(message) ?? [];
  const width = Number(given.get('w'));
  if (!(Number(asked) > Number(most)) || !(width > 1) || given.has('step')) return undefined;
  // A step is rounded up to the next that divides a day: a little less width is a little more certain.
  return [...without('w'), ['w', String(Math.max(1, Math.floor((width * Number(most)) / Number(asked) * 0.9)))]];
}
