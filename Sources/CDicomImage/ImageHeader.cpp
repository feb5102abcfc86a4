#include "ImageHeader.hpp"

#include "Refusal.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dcdatset.h"
#include "dcmtk/dcmdata/dcdeftag.h"
#include "dcmtk/dcmdata/dcelem.h"

namespace {

uint32_t number(DcmItem &dataSet, const DcmTagKey &tag, const char *reason) {
  Uint16 value = 0;
  require(dataSet.findAndGetUint16(tag, value).good(), reason);
  return value;
}

/// DCMTK answers 0 for what is missing; this answers what missing means.
uint32_t number(DcmItem &dataSet, const DcmTagKey &tag, uint32_t otherwise) {
  Uint16 value = 0;
  return dataSet.findAndGetUint16(tag, value).good() ? value : otherwise;
}

/// A text value, also where the writer did not know what it wrote and called it UN.
std::string text(DcmItem &dataSet, const DcmTagKey &tag) {
  DcmElement *element = nullptr;
  OFString value;
  if (dataSet.findAndGetElement(tag, element).bad() || !element) return "";
  if (element->getVR() != EVR_UN) {
    return element->getOFString(value, 0).good() ? value.c_str() : "";
  }
  Uint8 *bytes = nullptr;
  if (element->getUint8Array(bytes).bad() || !bytes) return "";
  const std::string unknown(bytes, bytes + element->getLength());
  return unknown.substr(0, unknown.find_last_not_of(std::string(" \0", 2)) + 1);
}

}  // namespace

ImageHeader ImageHeader::read(DcmItem &dataSet) {
  ImageHeader header{};
  header.rows = number(dataSet, DCM_Rows, "the image states no rows");
  header.columns = number(dataSet, DCM_Columns, "the image states no columns");
  header.samples = number(dataSet, DCM_SamplesPerPixel, "the image states no samples per pixel");
  header.bitsAllocated = number(dataSet, DCM_BitsAllocated, "the image states no bits allocated");
  header.bitsStored = number(dataSet, DCM_BitsStored, "the image states no bits stored");
  require(header.rows > 0 && header.columns > 0, "the image has no rows or no columns");
  require(uint64_t(header.rows) * header.columns <= uint64_t(1) << 28,
          "the image has more than 268,435,456 pixels");
  require(header.bitsAllocated == 1 || header.bitsAllocated == 8 || header.bitsAllocated == 16 ||
              header.bitsAllocated == 32,
          "pixels have neither 1, 8, 16 nor 32 bits allocated");
  require(header.bitsStored >= 1 && header.bitsStored <= header.bitsAllocated,
          "more bits are stored than allocated");
  require(header.samples == 1 || header.samples == 3, "pixels have neither 1 nor 3 samples");
  require(header.samples == 1 || header.bitsAllocated > 1, "one-bit pixels have no colours");

  header.highBit = number(dataSet, DCM_HighBit, header.bitsStored - 1);
  require(header.highBit < header.bitsAllocated && header.highBit + 1 >= header.bitsStored,
          "the high bit lies outside the pixel");
  header.isSigned = number(dataSet, DCM_PixelRepresentation, uint32_t(0)) == 1;
  header.isPlanar =
      header.samples == 3 && number(dataSet, DCM_PlanarConfiguration, uint32_t(0)) == 1;

  Sint32 frames = 0;
  const bool isStated = dataSet.findAndGetSint32(DCM_NumberOfFrames, frames).good();
  require(!isStated || frames >= 1, "the image has no frames");
  header.frames = isStated ? uint32_t(frames) : 1;
  header.photometric = text(dataSet, DCM_PhotometricInterpretation);
  header.instance = text(dataSet, DCM_SOPInstanceUID);
  require(header.photometric.size() <= 16, "the photometric interpretation is no such word");
  require(header.instance.size() <= 64, "the SOP Instance UID is too long");
  return header;
}
