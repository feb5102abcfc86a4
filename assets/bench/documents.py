"""The peers of `secondlook bench deliver`: a report of one region built by the libraries one would use.

  documents.py sr IMAGE COUNT    Comprehensive 3D SR (TID 1500) with highdicom, to the bytes of a file
  documents.py fhir IMAGE COUNT  document Bundle with fhir.resources, to the bytes of its JSON

Prints the median of the milliseconds each took, and the bytes of one.
"""

import datetime
import io
import json
import statistics
import sys
import time

import pydicom


def structured_report(image):
    import highdicom as hd
    from highdicom.sr import (
        AlgorithmIdentification, CodedConcept, Comprehensive3DSR, FindingSite, ImageRegion,
        ImageLibrary, MeasurementReport, Measurement, ObserverContext, ObservationContext,
        DeviceObserverIdentifyingAttributes, GraphicTypeValues, PlanarROIMeasurementsAndQualitativeEvaluations,
        TrackingIdentifier, MeasurementsAndQualitativeEvaluations,
        PersonObserverIdentifyingAttributes, SourceImageForMeasurementGroup, SourceImageForRegion,
    )
    from pydicom.sr.codedict import codes
    import numpy

    device = ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=DeviceObserverIdentifyingAttributes(
            uid=hd.UID(), name="bench"))
    person = ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=PersonObserverIdentifyingAttributes(name="Bench^Reader"))
    context = ObservationContext(
        observer_person_context=person, observer_device_context=device)
    algorithm = AlgorithmIdentification(
        name="chest", version="1", family=codes.DCM.ArtificialIntelligence)
    percent = codes.UCUM.Percent
    abnormal = CodedConcept("263654008", "SCT", "Abnormal")
    source = [SourceImageForMeasurementGroup(image.SOPClassUID, image.SOPInstanceUID)]
    whole = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=hd.UID(), identifier="study"),
        finding_type=abnormal, algorithm_id=algorithm, source_images=source,
        measurements=[Measurement(
            name=CodedConcept("122157", "DCM", "Probability"), value=70.0, unit=percent)])
    corners = numpy.array([[20, 20], [60, 20], [60, 60], [20, 60], [20, 20]], dtype=float)
    region = ImageRegion(
        graphic_type=GraphicTypeValues.POLYLINE, graphic_data=corners,
        source_image=SourceImageForRegion(image.SOPClassUID, image.SOPInstanceUID))
    place = PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=hd.UID(), identifier="R1"),
        referenced_region=region, finding_type=abnormal, algorithm_id=algorithm,
        measurements=[Measurement(
            name=CodedConcept("111012", "DCM", "Certainty of Finding"), value=70.0, unit=percent)])
    report = MeasurementReport(
        observation_context=context,
        procedure_reported=CodedConcept("413815006", "SCT", "Chest imaging"),
        imaging_measurements=[whole, place], title=codes.DCM.ImagingMeasurementReport)
    document = Comprehensive3DSR(
        evidence=[image], content=report, series_number=9001, series_instance_uid=hd.UID(),
        sop_instance_uid=hd.UID(), instance_number=1, manufacturer="bench",
        is_complete=True, is_final=True, is_verified=True, verifying_observer_name="Bench^Reader",
        verifying_organization="bench")
    written = io.BytesIO()
    document.save_as(written)
    return written.getvalue()


def fhir_document(image):
    import uuid

    from fhir.resources.R4B.bundle import Bundle

    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    names = ["Composition", "DiagnosticReport", "Patient", "ImagingStudy", "Organization", "Device",
             "ServiceRequest", "Class", "Region", "Provenance"]
    at = {name: f"urn:uuid:{uuid.uuid4()}" for name in names}
    link = {name: {"reference": place} for name, place in at.items()}

    def coded(code, system, text):
        return {"coding": [{"system": system, "code": code}], "text": text}

    loinc, snomed = "http://loinc.org", "http://snomed.info/sct"
    words = {"status": "generated", "div":
             '<div xmlns="http://www.w3.org/1999/xhtml"><p>Opacity in the lower lobe.</p></div>'}
    percent = {"value": 70, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    report = coded("30745-4", loinc, "XR Chest Views")
    sections = [("18726-0", "ImagingStudy"), ("55115-0", "ServiceRequest"), ("59776-5", "Class"),
                ("19005-8", "Region")]
    resources = {
        "Composition": {
            "status": "final", "type": report, "subject": link["Patient"], "date": now,
            "author": [link["Organization"]], "title": "Report",
            "section": [{"code": coded(code, loinc, name), "text": words, "entry": [link[name]]}
                        for code, name in sections]},
        "DiagnosticReport": {
            "status": "final", "code": report, "subject": link["Patient"], "issued": now,
            "result": [link["Class"], link["Region"]], "imagingStudy": [link["ImagingStudy"]],
            "basedOn": [link["ServiceRequest"]]},
        "Patient": {"identifier": [{"value": image.PatientID}], "gender": "other",
                    "name": [{"family": str(image.PatientName)}]},
        "ImagingStudy": {
            "status": "available", "subject": link["Patient"],
            "series": [{"uid": image.SeriesInstanceUID,
                        "modality": {"code": "DX"},
                        "instance": [{"uid": image.SOPInstanceUID, "sopClass": {
                            "system": "urn:ietf:rfc:3986",
                            "code": f"urn:oid:{image.SOPClassUID}"}}]}]},
        "Organization": {"name": "bench"},
        "Device": {"deviceName": [{"name": "bench", "type": "user-friendly-name"}]},
        "ServiceRequest": {"status": "completed", "intent": "order", "code": report,
                           "subject": link["Patient"]},
        "Class": {"status": "final", "code": coded("263654008", snomed, "Abnormal"),
                  "subject": link["Patient"], "valueQuantity": percent},
        "Region": {"status": "final", "code": coded("263654008", snomed, "Abnormal"),
                   "subject": link["Patient"], "valueQuantity": percent,
                   "component": [{"code": coded("111030", "http://dicom.nema.org/resources/ontology/DCM",
                                                "Image Region"),
                                  "valueString": "POLYLINE 20,20 60,20 60,60 20,60 20,20"}]},
        "Provenance": {"target": [link["DiagnosticReport"]], "recorded": now,
                       "agent": [{"who": link["Device"]}]},
    }
    kinds = {"Class": "Observation", "Region": "Observation"}
    bundle = {
        "resourceType": "Bundle", "type": "document", "timestamp": now,
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid.uuid4()}"},
        "entry": [{"fullUrl": at[name],
                   "resource": {"resourceType": kinds.get(name, name), **resources[name]}}
                  for name in names]}
    return Bundle.model_validate(bundle).model_dump_json().encode()


def header(path):
    image = pydicom.dcmread(path, stop_before_pixels=True)
    if "StudyID" not in image:
        image.StudyID = ""  # highdicom wants it to be there
    return image


def main():
    kind, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    build = {"sr": structured_report, "fhir": fhir_document}[kind]
    size = len(build(header(path)))  # imports, once
    times = []
    for _ in range(count):
        start = time.perf_counter()
        build(header(path))
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"milliseconds": statistics.median(times), "bytes": size}))


main()
