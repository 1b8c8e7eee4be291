const EARTH_RADIUS_KM = 6371;
const KM_PER_DEGREE = 111.32;

const radians = (degrees) => (degrees * Math.PI) / 180;

export function haversineKm(a, b) {
  const dLat = radians(b.lat - a.lat);
  const dLng = radians(b.lng - a.lng);
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLng / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

export function flatKm(a, b) {
  return KM_PER_DEGREE * Math.hypot(b.lat - a.lat, b.lng - a.lng);
}

export function shift({ lat, lng }, northKm, eastKm) {
  return {
    lat: round(lat + northKm / KM_PER_DEGREE),
    lng: round(lng + eastKm / (KM_PER_DEGREE * Math.cos(radians(lat)))),
  };
}

export const round = (degrees) => Math.round(degrees * 1e5) / 1e5;

/** Google encoded polyline, precision 5. */
export function encodePolyline(points) {
  let text = "";
  let previous = [0, 0];
  for (const { lat, lng } of points) {
    const current = [Math.round(lat * 1e5), Math.round(lng * 1e5)];
    text += encodeSigned(current[0] - previous[0]) + encodeSigned(current[1] - previous[1]);
    previous = current;
  }
  return text;
}

function encodeSigned(value) {
  let rest = value < 0 ? ~(value << 1) : value << 1;
  let text = "";
  while (rest >= 0x20) {
    text += String.fromCharCode((0x20 | (rest & 0x1f)) + 63);
    rest >>= 5;
  }
  return text + String.fromCharCode(rest + 63);
}
