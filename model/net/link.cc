#include "model/net/link.h"

#include "model/world.h"

namespace rehearse::net {

Name link_name(Name one, Name other) {
  return other < one ? other.str() + " " + one.str() : one.str() + " " + other.str();
}

Direction way(const World& world, Name from, Name to) {
  const Link* link = world.links.find(link_name(from, to));
  if (!link) return {};
  return from < to ? link->there : link->back;
}

void set_way(World& world, Name from, Name to, const Direction& direction) {
  const Name name = link_name(from, to);
  Link link = world.links.contains(name) ? *world.links.find(name) : Link{};
  (from < to ? link.there : link.back) = direction;
  if (link.there.well() && link.back.well()) {
    if (world.links.contains(name)) world.links.erase(name);
  } else {
    world.links.put(name, link);
  }
}

bool connected(const World& world, Name one, Name other) {
  const Host* a = world.hosts.find(one);
  const Host* b = world.hosts.find(other);
  if (!a || !b || !a->powered || !b->powered || a->hung || b->hung) return false;
  return !way(world, one, other).cut && !way(world, other, one).cut;
}

std::uint32_t round_trip(const World& world, Name one, Name other) {
  return way(world, one, other).delay_ms + way(world, other, one).delay_ms;
}

}  // namespace rehearse::net
