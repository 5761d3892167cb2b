declare module "virtual:theme-variables.css";

declare module "*.json?late" {
  const messages: object;
  export default messages;
}
