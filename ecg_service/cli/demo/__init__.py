"""`ecg demo`: a service, a real ECG and its insights."""
