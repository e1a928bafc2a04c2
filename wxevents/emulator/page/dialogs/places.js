/** Places to choose from, and the part of the world that the small map shows. */

export const PLACES = [
  { latitude: 31.2304, longitude: 121.4737, label: "上海市黄浦区人民大道", poiname: "人民广场" },
  { latitude: 31.2397, longitude: 121.4900, label: "上海市黄浦区中山东一路", poiname: "外滩" },
  { latitude: 31.2397, longitude: 121.4998, label: "上海市浦东新区世纪大道1号", poiname: "东方明珠" },
  { latitude: 31.2272, longitude: 121.4921, label: "上海市黄浦区安仁街137号", poiname: "豫园" },
  { latitude: 39.9087, longitude: 116.3975, label: "北京市东城区长安街", poiname: "天安门" },
  { latitude: 23.1065, longitude: 113.3245, label: "广州市海珠区阅江西路222号", poiname: "广州塔" },
  { latitude: 51.5007, longitude: -0.1246, label: "London SW1A 0AA", poiname: "Big Ben" },
];

/** The edges of the map, and the size of its drawing. */
export const MAP = {
  north: 31.25,
  south: 31.215,
  west: 121.455,
  east: 121.515,
  width: 360,
  height: 210,
};

/** Where a place is in the drawing. */
export function pointOf({ latitude, longitude }) {
  return {
    x: ((longitude - MAP.west) / (MAP.east - MAP.west)) * MAP.width,
    y: ((MAP.north - latitude) / (MAP.north - MAP.south)) * MAP.height,
  };
}

/** The place at a point, held within the map. */
export function placeAt(x, y) {
  const within = (value, most) => Math.min(Math.max(value, 0), most) / most;
  return {
    latitude: rounded(MAP.north - within(y, MAP.height) * (MAP.north - MAP.south)),
    longitude: rounded(MAP.west + within(x, MAP.width) * (MAP.east - MAP.west)),
  };
}

export function isOnMap(place) {
  const { x, y } = pointOf(place);
  return x >= 0 && x <= MAP.width && y >= 0 && y <= MAP.height;
}

const rounded = (degrees) => Number(degrees.toFixed(6));
