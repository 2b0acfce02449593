/** Milliseconds without a call after which the caller is taken to be busy with something else. */
const PAUSE = 50;

/**
 * Does something once, in the first pause between calls of the function that is returned: the engine asks a few things one
 * after the other and then waits for its program to load. What fails then fails again, with its words, where it is needed.
 */
export function inFirstPause(work: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  const begin = (): void => {
    isDone = true;
    work().catch(() => undefined);
  };
  return () => {
    clearTimeout(timer);
    if (!isDone) timer = setTimeout(begin, PAUSE);
  };
}
