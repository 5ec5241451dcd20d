#include "scenarios/inventory.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

std::string inventory_error(std::string_view text) {
  const auto read = read_inventory(text, "i.json");
  const auto* error = std::get_if<InputError>(&read);
  return error ? error->text() : "";
}

std::string host(const std::string& keys) {
  return R"({"rehearse_inventory": 1, "hosts": {"trolls": {)" + keys + "}}}";
}

TEST(InventoryFile, says_how_a_host_is_reached) {
  const auto read = read_inventory(
      R"({"rehearse_inventory": 1, "hosts": {
           "trolls": {"address": "192.0.2.7", "user": "ops", "port": 2222, "lab_host": true},
                                                 "galaad": {}}})",
      "i.json");
  const auto* inventory = std::get_if<Inventory>(&read);
  ASSERT_NE(inventory, nullptr) << std::get<InputError>(read).text();
  ASSERT_EQ(inventory->hosts.size(), 2U);
  EXPECT_EQ(*inventory->find("trolls"), (InventoryHost{"trolls", "192.0.2.7", "ops", 2222, true}));
  EXPECT_EQ(*inventory->find("galaad"), (InventoryHost{"galaad", "galaad", "root", 22, false}));
  EXPECT_EQ(inventory->find("perceval"), nullptr);
}

TEST(InventoryFile, is_read_strictly) {
  EXPECT_EQ(inventory_error("[]"), "i.json: expected an object with \"rehearse_inventory\": 1");
  EXPECT_EQ(inventory_error(R"({"hosts": {}})"), "i.json: expected an object with \"rehearse_inventory\": 1");
  EXPECT_EQ(inventory_error(R"({"rehearse_inventory": 2, "hosts": {}})"),
            "i.json: at /rehearse_inventory: expected version 1, found 2");
  EXPECT_EQ(inventory_error(R"({"rehearse_inventory": 1, "hosts": {}})"),
            "i.json: at /hosts: expected at least one host");
  EXPECT_NE(inventory_error(R"({"rehearse_inventory": 1})").find("expected a key \"hosts\""),
            std::string::npos);
  EXPECT_NE(inventory_error(host(R"("lab_hots": true)")).find("i.json: at /hosts/trolls"), std::string::npos);
  EXPECT_NE(
      inventory_error(host(R"("lab_host": "yes")")).find("at /hosts/trolls/lab_host: expected true or false"),
      std::string::npos);
  EXPECT_NE(inventory_error(host(R"("port": 65536)")).find("at /hosts/trolls/port"), std::string::npos);
  EXPECT_NE(inventory_error(host(R"("port": 0)")).find("at /hosts/trolls/port"), std::string::npos);
}

TEST(InventoryFile, has_no_place_for_options_of_ssh) {
  EXPECT_NE(inventory_error(host(R"("address": "-oProxyCommand=x")")), "");
  EXPECT_NE(inventory_error(host(R"("address": "a b")")), "");
  EXPECT_NE(inventory_error(host(R"("user": "-l")")), "");
  EXPECT_NE(inventory_error(host(R"("user": "a@b")")), "");
  EXPECT_EQ(inventory_error(host(R"("address": "fe80::1%eth0")")), "");
}

}  // namespace
}  // namespace rehearse
