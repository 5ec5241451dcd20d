// Every command that only prints: what an operator types to look, as a value. Like the operations they are
// read from and written as command lines by their usage; unlike them they leave the world as it is.
#pragma once

#include "backends/reports/block_devices.h"
#include "backends/reports/dmsetup.h"
#include "backends/reports/domain_list.h"
#include "backends/reports/drbd_queries.h"
#include "backends/reports/ext4_header.h"
#include "backends/reports/file_systems.h"
#include "backends/reports/files.h"
#include "backends/reports/lvm_display.h"
#include "backends/reports/lvm_report.h"
#include "backends/reports/lvm_scan.h"
#include "backends/reports/virsh.h"
#include "backends/reports/xen_host.h"
#include "model/one_of.h"

namespace rehearse::reports {

using Query =
    OneOf<ListVolumes, ListGroups, ListPvs, DisplayVolumesInColumns, DisplayGroupsInColumns,
          DisplayPvsInColumns, DisplayVolumes, DisplayVolumesByColon, DisplayGroups, DisplayGroupsShort,
          DisplayGroupsByColon, DisplayPvs, DisplayPvsShort, DisplayPvsByColon, ScanVolumes, DmTable,
          DmStatus, DmList, DmTree, DmInfo, Blkid, Lsblk, BlockdevSize, Df, ListMounts, FindMount,
          SwapSummary, ShowSwap, TuneList, DumpHeader, Cat, ListFiles, TestFile, Md5sum, Compare, ListDomains,
          AdmShow<AdmVerb::role>, AdmShow<AdmVerb::cstate>, AdmShow<AdmVerb::dstate>,
          AdmShow<AdmVerb::get_gi>, AdmShow<AdmVerb::show_gi>, AdmShow<AdmVerb::sh_resource>,
          AdmShow<AdmVerb::sh_dev>, AdmShow<AdmVerb::sh_minor>, AdmShow<AdmVerb::sh_ll_dev>,
          AdmShow<AdmVerb::sh_md_dev>, AdmShow<AdmVerb::sh_md_idx>, AdmShow<AdmVerb::sh_ip>, AdmDump,
          AdmDumpMetadata, AdmStatus, AdmListResources, SetupShow<AdmVerb::role>, SetupShow<AdmVerb::cstate>,
          SetupShow<AdmVerb::dstate>, SetupShow<AdmVerb::get_gi>, SetupShow<AdmVerb::show_gi>, SetupStatus,
          SetupShowConfig, SetupEvents, ShowMetadata, XenInfo, NodeName, VirshList, VirshInfo, VirshState,
          VirshId, VirshUuid, VirshDisks, VirshDump>;

/// As for the operations (model/op.h).
Mismatch parse(std::span<const std::string> words, Query& query);
int claims(std::span<const std::string> words);
Words render(const Query&);
std::vector<Usage> query_usages();

void print(const World&, Name host, const Query&, Report&);

}  // namespace rehearse::reports
