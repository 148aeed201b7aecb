/** What the roles are called and what they may do, for people. */

export const ROLES = [
  { name: "viewer", title: "Viewer", about: "Reads everything and says which analyses helped; changes nothing else." },
  { name: "editor", title: "Editor", about: "Works on incidents, asks and approves, and connects sources and knowledge." },
  { name: "admin", title: "Admin", about: "Does everything: also who is a member, what may be run, and which models are paid for." },
];

export const roleOf = (name) => ROLES.find((role) => role.name === name) ?? { name, title: name, about: "" };
