import type { Settings } from "../config/settings";
import { UserError } from "../config/user-error";
import { APPS } from "./apps";
import { vendoredFiles } from "./crds/vendored";
import type { App, VendoredManifests } from "./kit/app";
import { fluxKustomization } from "./kit/flux-kustomization";
import { fileNameOf } from "./kit/objects";
import type { Stage } from "./kit/stage";
import { toYaml } from "./kit/yaml";
import { planPlatform } from "./plan";
import { STAMP_FILE, stampText } from "./stamp";

/** The rendered tree: path below the stack's folder -> text, sorted by path. */
export type Tree = ReadonlyMap<string, string>;

/**
 * Everything under `kubernetes/<stack>/`, from the settings alone: the same settings give the same bytes.
 * `kustomization.yaml` lists one Flux Kustomization per stage of an app (`apps/<stage>.yaml`), which applies the folder
 * `apps/<stage>/`; `hearth.json` says of which settings this is the tree; what Flux must not apply is listed nowhere.
 * @throws UserError when the settings name what is not there, or carry Flux' substitution syntax.
 */
export function renderTree(settings: Settings, apps: readonly App[] = APPS): Tree {
  const plans = planPlatform(settings, apps);
  const stages = plans.flatMap((app) => app.stages);
  const files = new Map<string, string>([
    ["kustomization.yaml", kustomizationFile({ resources: stages.map((stage) => `apps/${stage.name}.yaml`) })],
    ...stages.flatMap((stage) => stageFiles(stage, settings)),
    ...plans.flatMap((app) => Object.entries(app.documents)),
  ]);
  refuseSubstitution(files, new Set(stages.flatMap(vendoredPaths)));
  files.set(STAMP_FILE, stampText(settings, files));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type File = readonly [path: string, text: string];

function stageFiles(stage: Stage, settings: Settings): readonly File[] {
  const folder = `apps/${stage.name}`;
  const objects = stage.objects.map((object): File => [fileNameOf(object), toYaml(object)]);
  const resources = [...objects.map(([name]) => name), ...stage.vendored.map((manifests) => manifests.folder)];
  const twice = resources.find((name, index) => resources.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${stage.name} makes ${twice} twice`);
  return [
    [`${folder}.yaml`, toYaml(fluxKustomization(stage, settings.git))],
    [`${folder}/kustomization.yaml`, kustomizationFile({ resources })],
    ...objects.map(([name, text]): File => [`${folder}/${name}`, text]),
    ...stage.vendored.flatMap((manifests) => vendoredFolder(`${folder}/${manifests.folder}`, manifests)),
  ];
}

function vendoredFolder(path: string, manifests: VendoredManifests): readonly File[] {
  const files = vendoredFiles(manifests.folder);
  const transformers = {
    // Descriptions in there may look like variables; should substitution ever be turned on, they stay as they are.
    commonAnnotations: { ...manifests.annotations, "kustomize.toolkit.fluxcd.io/substitute": "disabled" },
    ...(manifests.labels === undefined ? {} : { labels: [{ pairs: manifests.labels }] }),
  };
  return [
    [`${path}/kustomization.yaml`, kustomizationFile({ resources: [...files.keys()], ...transformers })],
    ...[...files].map(([name, text]): File => [`${path}/${name}`, text]),
  ];
}

function kustomizationFile(fields: { readonly resources: readonly string[]; readonly [field: string]: unknown }): string {
  return toYaml({
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    ...fields,
    resources: [...fields.resources].sort(),
  });
}

/** Paths of third-party files, which are not ours to change. */
function vendoredPaths(stage: Stage): readonly string[] {
  return stage.vendored.flatMap(({ folder }) => [...vendoredFiles(folder).keys()].map((name) => `apps/${stage.name}/${folder}/${name}`));
}

/** Flux would replace it, were substitution ever turned on; so it can only be a mistake. */
function refuseSubstitution(files: ReadonlyMap<string, string>, except: ReadonlySet<string>): void {
  const found = [...files].filter(([path, text]) => !except.has(path) && text.includes("${")).map(([path]) => path);
  if (found.length > 0)
    throw new UserError(`the settings put "\${" into ${found.join(", ")}; Flux reads it as a variable: write it without`);
}
