/** Finding incidents by words. Pure. */

/** Those of the incidents in which every word occurs: in the title, the services, the source, the environment. */
export function matching(incidents, words) {
  const sought = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (sought.length === 0) return incidents;
  return incidents.filter(({ alert, affectedServices, environment }) => {
    const text = [alert.title, alert.service, alert.source, environment, ...affectedServices].join(" ").toLowerCase();
    return sought.every((word) => text.includes(word));
  });
}
