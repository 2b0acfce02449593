import { RESTRICTED, runningAs } from "../kit/restricted";

/** User of the edge's images, which are built for no other. */
const USER = 65532;

/** What a container of the edge may do, where the pod's own settings are not ours to write. */
export const RESTRICTED_CONTAINER = { ...RESTRICTED, runAsNonRoot: true, runAsUser: USER, runAsGroup: USER };

/** The same for a pod. */
export const RESTRICTED_POD = runningAs(USER);
