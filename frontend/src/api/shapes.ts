/** The API's shapes under the names that the interface uses; generated, never written by hand. */
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

export type Image = Schemas["Image"];
export type ImageAction = Schemas["ActionEnum"];
export type ImageSelection = Schemas["ImageSelectionRequest"];
export type ImagesChanged = Schemas["ImagesChanged"];
export type Rendition = Schemas["Rendition"];
export type Ops = Schemas["OperationsRequest"];
export type Job = Schemas["Job"];
export type JobState = Job["state"];
export type Overview = Schemas["Overview"];
export type Profile = Schemas["AccountProfile"];
export type Session = Schemas["Session"];
export type Place = Schemas["Place"];
export type Status = Schemas["Status"];
export type UploadReply = Schemas["Upload"];

export type ImageState = Image["state"];
export type ImageFormat = Image["format"];
export type ImageQuery = NonNullable<paths["/api/v1/images"]["get"]["parameters"]["query"]>;
