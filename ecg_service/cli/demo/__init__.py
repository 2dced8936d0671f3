"""`ecg demo`: runs a service, sends it a real ECG and shows the insights."""
