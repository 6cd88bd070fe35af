/**
 * Watches which fields of an object are read. The validators of schemas read every field that they know, and pass over every other: what nobody has read afterwards
 * is unknown to the schema.
 */
export function findUnread<Value extends object>(value: Value): { watched: Value; unread: () => string[] } {
  const read = new Set<string>();
  const watch = <Part>(part: Part, path: string): Part => {
    if (part === null || typeof part !== 'object') return part;
    return new Proxy(part, {
      get(target, name, receiver) {
        const found: unknown = Reflect.get(target, name, receiver);
        if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return found;
        read.add(`${path}/${name}`);
        return watch(found, `${path}/${name}`);
      },
    });
  };
  const unreadBelow = (part: unknown, path: string): string[] => {
    if (part === null || typeof part !== 'object') return [];
    return Object.entries(part).flatMap(([name, one]) => {
      const own = `${path}/${name}`;
      return read.has(own) ? unreadBelow(one, own) : [own];
    });
  };
  return { watched: watch(value, ''), unread: () => unreadBelow(value, '') };
}
