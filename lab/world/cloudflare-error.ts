/** Refusals of the stand-in Cloudflare account, in the words and codes of Cloudflare's API. */
import { WorldError, type WorldErrorCode } from "./errors";

/** A refusal with the API's own code, such as 1022 for a tunnel that still has connections. */
export class CloudflareError extends WorldError {
  constructor(
    code: WorldErrorCode,
    /** HTTP status that the API answers with. */
    readonly httpStatus: number,
    /** Code in the API's error list. */
    readonly apiCode: number,
    readonly apiMessage: string,
  ) {
    super(
      code,
      `${httpStatus} ${STATUS_TEXTS[httpStatus] ?? ""} {"success":false,"errors":[{"code":${apiCode},"message":${JSON.stringify(apiMessage)}}]}`,
    );
    this.name = "CloudflareError";
  }
}

const STATUS_TEXTS: Readonly<Record<number, string>> = { 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict" };

/** A request that the API does not take as it is. */
export const badRequest = (apiCode: number, message: string): CloudflareError =>
  new CloudflareError("invalid-argument", 400, apiCode, message);

/** Something that does not exist, or not in this account. */
export const notFound = (apiCode: number, message: string): CloudflareError => new CloudflareError("not-found", 404, apiCode, message);
