/** Hands a text to the browser's own "save as". */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own reference by the next turn.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
