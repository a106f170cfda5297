/**
 * A function that makes the value of a key when the key comes for the first time, and returns that same value from then on. It keeps
 * promises too, also those that fail; when `make` itself throws, it keeps nothing.
 *
 * @param idOf gives the same value for two keys that count as the same key; the key itself when omitted
 */
export function oncePerKey<Key, Value>(
  make: (key: Key) => Value,
  idOf: (key: Key) => unknown = (key) => key,
): (key: Key) => Value {
  const values = new Map<unknown, Value>();
  return (key) => {
    const id = idOf(key);
    if (values.has(id)) return values.get(id) as Value;
    const value = make(key);
    values.set(id, value);
    return value;
  };
}
