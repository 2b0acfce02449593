/**
 * The same function, computing once for each object that it is given: the plan and the tree of a stack are pure, dear and
 * asked for by many tests. What it returns is shared, and must not be changed.
 */
export function once<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const found = known.get(key) ?? { value: compute(key) };
    known.set(key, found);
    return found.value;
  };
}
