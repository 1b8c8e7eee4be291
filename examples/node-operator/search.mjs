import { encodePolyline, flatKm, haversineKm } from "./geo.mjs";
import { parseTimeOfDay, timeOfDayGap } from "./time.mjs";

const WALKING_METRES_PER_SECOND = 1.25;

export function createSearch(bugs) {
  const distanceKm = bugs.has("degrees") ? flatKm : haversineKm;

  function isNear(trip, query) {
    return (
      distanceKm(departureOf(query), pickupOf(trip)) <= query.departureRadius &&
      distanceKm(arrivalOf(query), dropOf(trip)) <= query.arrivalRadius
    );
  }

  function findJourneys(journeys, query) {
    const margin = bugs.has("minutes") ? query.timeDelta * 60 : query.timeDelta;
    const gap = (journey) => Math.abs(journey.passengerPickupDate - query.departureDate);
    return journeys
      .filter((journey) => gap(journey) <= margin && isNear(journey, query))
      .sort((a, b) => gap(a) - gap(b));
  }

  function findTrips(trips, query) {
    const gap = (schedule) =>
      timeOfDayGap(parseTimeOfDay(schedule.passengerPickupTimeOfDay), query.departureTimeOfDay);
    const isDated = query.minDepartureDate > -Infinity || query.maxDepartureDate < Infinity;
    const isInPeriod = ({ passengerPickupDate }) =>
      passengerPickupDate >= query.minDepartureDate &&
      passengerPickupDate <= query.maxDepartureDate;
    const suits = (schedule) =>
      query.departureWeekdays.includes(schedule.passengerPickupDay) &&
      gap(schedule) <= query.timeDelta &&
      (!isDated || schedule.journeySchedules.some(isInPeriod));
    const closest = (trip) => Math.min(...trip.schedules.map(gap));
    return trips
      .filter((trip) => trip.schedules.some(suits) && isNear(trip, query))
      .sort((a, b) => closest(a) - closest(b));
  }

  return {
    driverJourneys: (world, query) =>
      findJourneys(world.driverJourneys, query)
        .slice(0, query.count)
        .map((journey) => withWalks(journey, query)),
    passengerJourneys: (world, query) => {
      const found = findJourneys(world.passengerJourneys, query);
      return bugs.has("count") ? found : found.slice(0, query.count);
    },
    driverTrips: (world, query) =>
      findTrips(world.driverTrips, query)
        .slice(0, query.count)
        .map((trip) => withWalks(trip, query)),
    passengerTrips: (world, query) => findTrips(world.passengerTrips, query).slice(0, query.count),
  };
}

function withWalks(trip, query) {
  const toPickup = walk(departureOf(query), pickupOf(trip));
  const fromDrop = walk(dropOf(trip), arrivalOf(query));
  return {
    ...trip,
    departureToPickupWalkingDistance: toPickup.distance,
    departureToPickupWalkingDuration: toPickup.duration,
    departureToPickupWalkingPolyline: toPickup.polyline,
    dropoffToArrivalWalkingDistance: fromDrop.distance,
    dropoffToArrivalWalkingDuration: fromDrop.duration,
    dropoffToArrivalWalkingPolyline: fromDrop.polyline,
  };
}

function walk(from, to) {
  const distance = Math.round(haversineKm(from, to) * 1000);
  return {
    distance,
    duration: Math.round(distance / WALKING_METRES_PER_SECOND),
    polyline: encodePolyline([from, to]),
  };
}

const departureOf = (query) => ({ lat: query.departureLat, lng: query.departureLng });
const arrivalOf = (query) => ({ lat: query.arrivalLat, lng: query.arrivalLng });
const pickupOf = (trip) => ({ lat: trip.passengerPickupLat, lng: trip.passengerPickupLng });
const dropOf = (trip) => ({ lat: trip.passengerDropLat, lng: trip.passengerDropLng });
