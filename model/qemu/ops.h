// Guests of QEMU without libvirt: what a person types.
#pragma once

#include "model/one_of.h"
#include "model/qemu/monitor.h"
#include "model/qemu/start.h"

namespace rehearse::qemu {

/// pkill -F FILE: ends the process whose number is in the file, in order, or with -9 as a crash does.
struct EndByFile {
  Name pidfile;
  bool kill = false;
  bool term = false;
  static constexpr Usage usage() {
    return usage_of("pkill", toggle<&EndByFile::kill>("-9,-KILL,-SIGKILL"),
                    toggle<&EndByFile::term>("-15,-TERM,-SIGTERM"),
                    option<&EndByFile::pidfile>("-F,--pidfile"));
  }
  bool operator==(const EndByFile&) const = default;
};
Refused refuse(const World&, Name host, const EndByFile&, Report&);
void apply(World&, Name host, const EndByFile&, Report&);

using Op = OneOf<StartMachine, AskMonitor, EndByFile>;

/// As for all operations (model/op.h).
Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op& op);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::qemu
