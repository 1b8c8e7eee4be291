export { default } from "ajv/dist/2020.js";
