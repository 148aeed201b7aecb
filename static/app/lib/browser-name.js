/** What a browser calls itself (User-Agent), as people would call it: `Firefox on Linux`. Pure. */

const BROWSERS = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/.*Safari\//, "Safari"],
];
const SYSTEMS = [
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** A program that is no browser by the first word of its own name; `Unknown device` when it has none. */
export function browserName(agent) {
  const browser = find(BROWSERS, agent);
  const system = find(SYSTEMS, agent);
  if (browser) return system ? `${browser} on ${system}` : browser;
  return /^[\w.-]+/.exec(agent)?.[0] ?? "Unknown device";
}

const find = (list, agent) => list.find(([sign]) => sign.test(agent))?.[1];
