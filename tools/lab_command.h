// `rehearse lab ...`: real machines to type at. Guests live as long as the command that started them, but for
// those of a lab with a name, which stay until it is taken down; what makes them quick to start, image and
// templates, is kept in a cache.
#pragma once

#include <string>

namespace rehearse {

struct LabOptions {
  std::size_t guests = 0;  // 0: as many as the script speaks of
  std::size_t disks = 0;   // 0: as the script says, else 4
  std::string size;        // empty: as the script says, else 256M
  std::string with;        // empty: as the script says, else the tools alone
  std::size_t jobs = 2;
  std::size_t deadline = 60;  // seconds, of one command
  std::string script = "-";
  std::string newer;            // the recording to compare with the script
  std::string guest = "alpha";  // or NAME, NAME:HOST of a lab that is up
  std::string name;             // of up and down
  std::string world;            // of up: what its hosts are to be
  bool measure = false;
  bool everything = false;
};

/// Builds what is missing, so that guests are quick to start from then on; with a name starts some that stay.
int lab_up(const LabOptions&);
/// Plays a script; what it writes is a recording.
int lab_run(const LabOptions&);
/// Reads lines from standard input and runs them on a guest.
int lab_shell(const LabOptions&);
int lab_status(const LabOptions&);
/// Ends the lab of that name. Without a name ends all, and drops the templates, and the image with
/// `everything`.
int lab_down(const LabOptions&);

}  // namespace rehearse
