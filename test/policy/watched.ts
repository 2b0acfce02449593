import { isRecord } from "../../config/path";
import { type Resource, UNKNOWN } from "../../policy/resource";

/** The resource, telling of every value that is looked at and not known yet: `<type> <property>`. */
export function watched(resource: Resource, told: (value: string) => void): Resource {
  const watch = <T extends object>(target: T, property?: string): T =>
    new Proxy(target, {
      get(inner, key, receiver): unknown {
        const value: unknown = Reflect.get(inner, key, receiver);
        const name = property ?? String(key);
        if (value === UNKNOWN) told(`${resource.type} ${name}`);
        return isRecord(value) || Array.isArray(value) ? watch(value, name) : value;
      },
    });
  return { ...resource, props: watch(resource.props) };
}
