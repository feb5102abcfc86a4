#pragma once

#include "Settings.hpp"

/// Asks a peer for the examinations that are planned (Modality Worklist C-FIND, PS3.4 K).
///
/// Prints one line an answer: a data set in the DICOM JSON model (PS3.18 F.2), in UTF-8, with
/// nothing but what was asked for, and at most 64 KiB long:
///
/// 00080005 Specific Character Set (ISO_IR 192 where there is other than ASCII), 00080050
/// Accession Number, 00080090 Referring Physician's Name, 00100010 Patient's Name, 00100020
/// Patient ID, 00100021 Issuer of Patient ID, 00100030 Patient's Birth Date, 00100040 Patient's
/// Sex, 0020000D Study Instance UID, 00321060 Requested Procedure Description, 00321064 Requested
/// Procedure Code Sequence (00080100 value, 00080102 scheme, 00080104 meaning), 00401001 Requested
/// Procedure ID, 00401003 Requested Procedure Priority, 00400100 Scheduled Procedure Step Sequence
/// (00080060 Modality, 00400001 Scheduled Station AE Title, 00400002 start date, 00400003 start
/// time, 00400007 description, 00400009 ID).
///
/// What a peer leaves out is not there or has no Value. Matching: `--match GGGGEEEE=VALUE` for
/// these, `--step GGGGEEEE=VALUE` for those within the step, with the wildcards and ranges of
/// PS3.4 C.2.2.2; values in UTF-8.
///
/// Returns 0 if these are all the answers there are; 2 with the reason on standard error if the
/// peer could not be asked or failed (lines that were printed are true, but not all); 5 likewise if
/// there are more than `--most` or one could not be read, for example because it is not in the
/// character set it says.
int findWorklist(const Settings &settings);
