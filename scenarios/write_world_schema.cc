// Prints scenarios/world.schema.json, to be written anew after a shape has changed.
#include <iostream>

#include "scenarios/world_doc.h"

int main() { std::cout << rehearse::shape::world_schema(); }
