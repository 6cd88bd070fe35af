/** Whether `awaited` takes longer than so many milliseconds. Never rejects: whoever awaits it afterwards hears of its failure. */
export async function isLate(awaited: Promise<unknown>, milliseconds: number): Promise<boolean> {
  if (milliseconds <= 0) return true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), milliseconds);
  });
  const settled = awaited.then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
