export function share(celsius) {
  return (celsius + 50) / 150;
}
