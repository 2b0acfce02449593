/**
 * Which model runs in which region of Azure OpenAI, how long an answer may take, and by which API it is called.
 *
 * Regions and models: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/models (the region tables).
 * API versions: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle; 2023-05-15 is the oldest
 * stable one and all that embeddings need, 2025-01-01-preview knows the o-series, 2025-04-01-preview the models since.
 * The gateway speaks to Azure's chat, embeddings and Responses APIs (internal/endpointspec/endpointspec.go of
 * envoyproxy/ai-gateway v1.0.0); codex models take the Responses API alone.
 */

/** Regions as Azure writes them. */
export const REGIONS = ["eastus", "eastus2"] as const;
export type Region = (typeof REGIONS)[number];

/** Versions of Azure OpenAI's API that the table uses. */
export type ApiVersion = "2023-05-15" | "2025-01-01-preview" | "2025-04-01-preview";

/** Models of one region that are called alike. */
export interface ModelGroup {
  /** DNS label, unique in its region. */
  readonly name: string;
  readonly apiVersion: ApiVersion;
  /** A whole answer, seconds: those that think first take longest. */
  readonly timeoutSeconds: number;
  /** Names as callers write them, which are also the names of the deployments in Azure. */
  readonly models: readonly string[];
}

/** The table. A model stands in one region only: a caller names the model, not the region. */
export const MODELS: Readonly<Record<Region, readonly ModelGroup[]>> = {
  eastus: [
    { name: "chat", apiVersion: "2025-01-01-preview", timeoutSeconds: 120, models: ["gpt-4.1", "gpt-4.1-nano", "gpt-4o-mini"] },
    // These want `max_completion_tokens`; callers that send `max_tokens` are refused by Azure.
    { name: "reasoning", apiVersion: "2025-01-01-preview", timeoutSeconds: 300, models: ["o3", "o4-mini"] },
    { name: "embedding", apiVersion: "2023-05-15", timeoutSeconds: 60, models: ["text-embedding-3-small", "text-embedding-ada-002"] },
  ],
  eastus2: [
    { name: "chat", apiVersion: "2025-01-01-preview", timeoutSeconds: 120, models: ["gpt-5", "gpt-5-nano"] },
    { name: "chat-april", apiVersion: "2025-04-01-preview", timeoutSeconds: 120, models: ["gpt-5-mini", "gpt-5.1"] },
    { name: "thinking", apiVersion: "2025-01-01-preview", timeoutSeconds: 300, models: ["gpt-5-chat", "gpt-5.1-chat"] },
    { name: "codex", apiVersion: "2025-04-01-preview", timeoutSeconds: 180, models: ["gpt-5.1-codex", "gpt-5.1-codex-mini"] },
    { name: "audio", apiVersion: "2025-01-01-preview", timeoutSeconds: 180, models: ["gpt-audio", "gpt-audio-mini"] },
    { name: "embedding", apiVersion: "2023-05-15", timeoutSeconds: 60, models: ["text-embedding-3-large"] },
  ],
};

/** Every model of a region. */
export function modelsOf(region: Region): readonly string[] {
  return MODELS[region].flatMap(({ models }) => models);
}

/** The groups of a region with only the models that are deployed there; empty groups fall away. */
export function deployedGroups(region: Region, deployed: readonly string[] | undefined): readonly ModelGroup[] {
  return MODELS[region]
    .map((group) => ({ ...group, models: group.models.filter((model) => deployed?.includes(model) ?? true) }))
    .filter(({ models }) => models.length > 0);
}
